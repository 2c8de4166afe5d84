import { useData } from 'vitepress';
import theme from 'vitepress/theme-without-fonts';
import { nextTick, onMounted, watch } from 'vue';
import './style.css';

export default {
  ...theme,
  setup() {
    const { page } = useData();
    onMounted(() =>
      watch(
        () => page.value.relativePath,
        () => nextTick(markContent),
        { immediate: true },
      ),
    );
  },
};

/** The theme has a `main` element on pages of text alone. Elsewhere, its box of the content becomes one. */
function markContent() {
  const content = document.getElementById('VPContent');
  if (content?.querySelector('main')) {
    content.removeAttribute('role');
  } else {
    content?.setAttribute('role', 'main');
  }
}
